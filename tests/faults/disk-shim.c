/* A disk that can be told to fail, and that keeps a diary. Loaded into the relay with LD_PRELOAD; it looks only at files
 * below DISK_SHIM_FOLDER.
 *
 * Diary (DISK_SHIM_TRACE): one record per write, truncation and successful sync, in the order the disk saw them:
 *   u8 kind ('w', 't', 's'), u32 length of the path, u64 offset or size, u32 length of the data, path, data.
 * Orders (DISK_SHIM_ORDERS, a file that is read at every call): "enospc" fails writes, "eio" fails syncs, "slow N" lets a
 * sync take N ms, "nosync" lets syncs succeed and do nothing: what synchronous=OFF does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

typedef ssize_t (*write_fn)(int, const void *, size_t);
typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);
typedef int (*sync_fn)(int);
typedef int (*truncate_fn)(int, off_t);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int trace = -1;

static write_fn real_write(void) {
  static write_fn found;
  if (!found) found = (write_fn)dlsym(RTLD_NEXT, "write");
  return found;
}

/* The path of a file below the folder, or NULL. */
static const char *path_of(int fd, char *path, size_t size) {
  static const char *folder;
  char link[64];
  if (!folder) folder = getenv("DISK_SHIM_FOLDER");
  if (!folder || fd < 3) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0) return NULL;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) return NULL;
  /* Not durable by design: the index of the log and the lock. */
  if (strstr(path, "-shm") || strstr(path, "lock.db")) return NULL;
  return path;
}

static void order(char *text, size_t size) {
  static const char *file;
  text[0] = 0;
  if (!file) file = getenv("DISK_SHIM_ORDERS");
  if (!file) return;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t length = read(fd, text, size - 1);
  text[length > 0 ? length : 0] = 0;
  close(fd);
}

static void note(char kind, const char *path, uint64_t where, const void *data, uint32_t length) {
  uint32_t path_length = (uint32_t)strlen(path);
  char head[17];
  head[0] = kind;
  memcpy(head + 1, &path_length, 4);
  memcpy(head + 5, &where, 8);
  memcpy(head + 13, &length, 4);
  struct iovec parts[3] = {{head, 17}, {(void *)path, path_length}, {(void *)data, length}};
  if (trace < 0) {
    const char *file = getenv("DISK_SHIM_TRACE");
    if (!file) return;
    trace = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  if (trace >= 0 && writev(trace, parts, length > 0 ? 3 : 2) < 0) abort();
}

static int is_full(void) {
  char text[64];
  order(text, sizeof text);
  return strncmp(text, "enospc", 6) == 0;
}

ssize_t write(int fd, const void *data, size_t length) {
  char buffer[4096];
  const char *path = path_of(fd, buffer, sizeof buffer);
  if (!path) return real_write()(fd, data, length);
  if (is_full()) return errno = ENOSPC, -1;
  pthread_mutex_lock(&lock);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t written = real_write()(fd, data, length);
  if (written > 0) note('w', path, (uint64_t)offset, data, (uint32_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

static ssize_t place(const char *name, int fd, const void *data, size_t length, off_t offset) {
  char buffer[4096];
  pwrite_fn real = (pwrite_fn)dlsym(RTLD_NEXT, name);
  const char *path = path_of(fd, buffer, sizeof buffer);
  if (!path) return real(fd, data, length, offset);
  if (is_full()) return errno = ENOSPC, -1;
  pthread_mutex_lock(&lock);
  ssize_t written = real(fd, data, length, offset);
  if (written > 0) note('w', path, (uint64_t)offset, data, (uint32_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return place("pwrite", fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
  return place("pwrite64", fd, data, length, offset);
}

static int cut(const char *name, int fd, off_t size) {
  char buffer[4096];
  truncate_fn real = (truncate_fn)dlsym(RTLD_NEXT, name);
  const char *path = path_of(fd, buffer, sizeof buffer);
  if (!path) return real(fd, size);
  pthread_mutex_lock(&lock);
  int result = real(fd, size);
  if (result == 0) note('t', path, (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int fd, off_t size) { return cut("ftruncate", fd, size); }
int ftruncate64(int fd, off_t size) { return cut("ftruncate64", fd, size); }

static int sync_file(const char *name, int fd) {
  char buffer[4096], text[64];
  const char *path = path_of(fd, buffer, sizeof buffer);
  if (!path) return ((sync_fn)dlsym(RTLD_NEXT, name))(fd);
  order(text, sizeof text);
  if (strncmp(text, "eio", 3) == 0) return errno = EIO, -1;
  if (strncmp(text, "slow", 4) == 0) usleep((useconds_t)atoi(text + 4) * 1000);
  if (strncmp(text, "nosync", 6) == 0) return 0;
  /* The real sync is left out: this disk loses its power on paper only, and the diary knows what it would have kept. */
  pthread_mutex_lock(&lock);
  note('s', path, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int fd) { return sync_file("fsync", fd); }
int fdatasync(int fd) { return sync_file("fdatasync", fd); }
