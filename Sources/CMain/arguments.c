#include "arguments.h"

static int count;
static char **list;

// glibc calls constructors with what it will give main, in a static program too.
__attribute__((constructor)) static void keep(int argc, char **argv) {
    count = argc;
    list = argv;
}

int main_argument_count(void) { return count; }

const char *main_argument(int index) { return list[index]; }
