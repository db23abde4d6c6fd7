#include "build.h"

#include <cstddef>
#include <gnu/libc-version.h>

#ifndef SOURCE_DATE
#define SOURCE_DATE 0
#endif

long build_source_date(void) { return SOURCE_DATE; }

const char *build_glibc(void) { return gnu_get_libc_version(); }

int build_libstdcxx(void) { return _GLIBCXX_RELEASE; }
