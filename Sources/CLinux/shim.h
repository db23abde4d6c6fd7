// The Linux calls that Swift's Glibc module leaves out, one to one; no logic here.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// memmem(3), pthread_getattr_np(3), sem_clockwait(3): declared only under _GNU_SOURCE, which a module's headers do not see.
extern void *memmem(const void *text, size_t text_size, const void *wanted, size_t wanted_size);
extern int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
extern int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *end);

// ioctl(2) is variadic, which Swift cannot call (ioctl_tty(2), TIOCGWINSZ).
static inline int window_size(int descriptor, struct winsize *size) { return ioctl(descriptor, TIOCGWINSZ, size); }

// A program header of this machine's word size (elf(5)); a macro in C.
typedef ElfW(Phdr) ElfHeader;

#endif
