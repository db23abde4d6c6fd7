// What the build knew, and a program can't find out by itself.
#ifndef CBUILD_BUILD_H
#define CBUILD_BUILD_H

#ifdef __cplusplus
extern "C" {
#endif

// SOURCE_DATE_EPOCH, in seconds since 1970; 0 where nobody gave it.
long build_source_date(void);
const char *build_glibc(void);
// libstdc++, which Swift's runtime is written with: its release alone, as GCC numbers them.
int build_libstdcxx(void);

#ifdef __cplusplus
}
#endif

#endif
