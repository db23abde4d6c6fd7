// What main was given. Swift's own `CommandLine` reads /proc/self/cmdline instead, and where that can't be opened it
// finds no argument at all, or aborts: every command would then be the one without arguments.
#ifndef CMAIN_ARGUMENTS_H
#define CMAIN_ARGUMENTS_H

// With the program's name; 0 where the system did not say.
int main_argument_count(void);
const char *main_argument(int index);

#endif
