/* What the standard library of Rust names and Debian's wasi-libc (of 2022) lacks. There are no threads under WASI, so that
   none is ever made; files have no permissions to set, and
   nobody asks where a path leads (src/files/real.rs follows links itself). Only build.sh's second way uses this file. */
#include <string.h>

#define NOT_SUPPORTED 58

int pthread_attr_init(void *attributes) { (void)attributes; return 0; }
int pthread_attr_setstacksize(void *attributes, unsigned long size) { (void)attributes; (void)size; return 0; }
int pthread_attr_destroy(void *attributes) { (void)attributes; return 0; }
int pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument) {
  (void)thread; (void)attributes; (void)start; (void)argument;
  return NOT_SUPPORTED;
}
int pthread_join(void *thread, void **result) { (void)thread; (void)result; return NOT_SUPPORTED; }
int pthread_detach(void *thread) { (void)thread; return NOT_SUPPORTED; }
char *realpath(const char *path, char *resolved) { return resolved ? strcpy(resolved, path) : strdup(path); }
int chmod(const char *path, unsigned mode) { (void)path; (void)mode; return 0; }
