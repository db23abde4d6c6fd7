#include "arguments.h"

#include <stdlib.h>
#include <unistd.h>

static int count;
static char **list;

// glibc calls constructors with what it will give main, in a static program too. This is the first of them.
__attribute__((constructor(101))) static void keep(int argc, char **argv) {
    count = argc;
    list = argv;
    // Swift's runtime, where it is linked in, asks /proc for its own place, to find its crash handler beside it, and
    // aborts where that is not told. In a program that was given a root it does not ask.
    if (access("/proc/self/exe", F_OK) != 0) setenv("SWIFT_ROOT", "/", 0);
}

int main_argument_count(void) { return count; }

const char *main_argument(int index) { return list[index]; }
