// Files and directories by plain C: what each call gives, a line each. Built for this machine, it prints the
// same.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *name_of(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {{EACCES, "EACCES"}, {EBADF, "EBADF"},         {EEXIST, "EEXIST"},   {EINVAL, "EINVAL"},
                 {EISDIR, "EISDIR"}, {ENOENT, "ENOENT"},       {ENOTDIR, "ENOTDIR"}, {ELOOP, "ELOOP"},
                 {ESPIPE, "ESPIPE"}, {ENOTEMPTY, "ENOTEMPTY"}, {ENOTSUP, "ENOTSUP"}, {EPERM, "EPERM"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "?";
}

static long long told(const char *what, long long result)
{
    if (result < 0)
        printf("%s: %s\n", what, name_of(errno));
    else
        printf("%s: %lld\n", what, result);
    return result;
}
#define TELL(call) told(#call, (call))

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    DIR *directory = opendir(path);
    char *names[600];
    int count = 0;
    if (!directory) {
        told(path, -1);
        return;
    }
    for (int again = 0; again < 2; again++) {
        for (int i = 0; i < count; i++)
            free(names[i]);
        count = 0;
        rewinddir(directory);
        for (struct dirent *entry; (entry = readdir(directory));)
            if (*entry->d_name != '.')
                names[count++] = strdup(entry->d_name);
    }
    closedir(directory);
    qsort(names, (size_t)count, sizeof *names, compare);
    printf("%s: %d:", path, count);
    for (int i = 0; i < count; i++) {
        if (i < 5)
            printf(" %s", names[i]);
        free(names[i]);
    }
    puts("");
}

static void kind(const char *path)
{
    struct stat at;
    if (told(path, lstat(path, &at)) == 0)
        printf("    %s, %lld bytes, %lld links\n",
               S_ISREG(at.st_mode)   ? "file"
               : S_ISDIR(at.st_mode) ? "directory"
               : S_ISLNK(at.st_mode) ? "link"
                                     : "?",
               S_ISREG(at.st_mode) ? (long long)at.st_size : 0,
               S_ISREG(at.st_mode) ? (long long)at.st_nlink : 1);
}

static void bytes(void)
{
    char buffer[64] = {0};
    int fd = (int)open("d/a", O_RDWR | O_CREAT | O_EXCL, 0644);
    TELL(write(fd, "hello, world", 12));
    TELL(lseek(fd, 0, SEEK_CUR));
    TELL(lseek(fd, -5, SEEK_END));
    TELL(read(fd, buffer, sizeof buffer));
    puts(buffer);
    TELL(read(fd, buffer, sizeof buffer));
    TELL(pwrite(fd, "J", 1, 0));
    TELL(pread(fd, buffer, 5, 0));
    puts(buffer);
    TELL(pread(fd, buffer, 5, 100));
    TELL(lseek(fd, -1, SEEK_SET));
    TELL(lseek(fd, 20, SEEK_SET));
    TELL(write(fd, "!", 1));
    TELL(ftruncate(fd, 15));
    struct iovec parts[] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
    TELL(lseek(fd, 0, SEEK_SET));
    TELL(writev(fd, parts, 3));
    TELL(fsync(fd));
    TELL(fdatasync(fd));
    TELL(posix_fallocate(fd, 0, 20));
    TELL(close(fd));
    TELL(close(fd));
    TELL(read(fd, buffer, 1));
    kind("d/a");

    fd = open("d/a", O_WRONLY | O_APPEND);
    TELL(write(fd, "end", 3));
    TELL(lseek(fd, 0, SEEK_CUR));
    TELL(read(fd, buffer, 1));
    TELL((fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE)) == (O_APPEND | O_WRONLY));
    TELL(close(fd));
    fd = open("d/a", O_RDWR);
    TELL(fcntl(fd, F_SETFL, O_APPEND));
    TELL(write(fd, "more", 4));
    TELL(lseek(fd, 0, SEEK_CUR));
    TELL(close(fd));
    TELL(open("d/a", O_RDWR | O_CREAT | O_EXCL, 0644));
    TELL(open("d/none", O_RDONLY));
    TELL(open("d", O_RDWR));
    TELL(open("d/a", O_RDONLY | O_DIRECTORY));
    TELL(open("d/a/b", O_RDONLY));
    TELL(truncate("d/a", 5));
    kind("d/a");
    fd = open("d/new", O_RDONLY | O_CREAT, 0644);
    TELL(read(fd, buffer, 1));
    TELL(close(fd));
}

static void stdio(void)
{
    FILE *f = fopen("d/lines", "w+");
    for (int i = 0; i < 5000; i++)
        fprintf(f, "line %d\n", i);
    TELL(ftell(f));
    rewind(f);
    char line[32];
    int count = 0;
    while (fgets(line, sizeof line, f))
        count++;
    printf("%d lines, the last %s", count, line);
    TELL(fseek(f, -10, SEEK_END));
    TELL(fgetc(f));
    TELL(fclose(f));
    f = fopen("d/lines", "a");
    TELL(fputs("tail\n", f) >= 0);
    TELL(fclose(f));
    kind("d/lines");
    TELL(fopen("d/none", "r") ? 0 : -1);
}

static void names(void)
{
    TELL(mkdir("d/sub", 0755));
    TELL(mkdir("d/sub", 0755));
    TELL(mkdir("d/none/sub", 0755));
    TELL(rename("d/lines", "d/sub/lines"));
    TELL(rename("d/none", "d/sub/none"));
    TELL(link("d/a", "d/b"));
    kind("d/b");
    TELL(symlink("a", "d/link"));
    kind("d/link");
    char text[16] = {0};
    TELL(readlink("d/link", text, sizeof text));
    puts(text);
    TELL(readlink("d/a", text, sizeof text));
    TELL(open("d/link", O_RDONLY | O_NOFOLLOW));
    struct stat a, b, other;
    TELL(stat("d/a", &a));
    TELL(stat("d/link", &b));
    TELL(stat("d/sub/lines", &other));
    TELL(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    TELL(a.st_ino != other.st_ino);
    int fd = open("d/b", O_RDWR);
    TELL(write(fd, "x", 1));
    TELL(fstat(fd, &b));
    TELL(a.st_ino == b.st_ino);
    TELL(close(fd));
    TELL(access("d/a", R_OK));
    TELL(access("d/none", F_OK));
    TELL(stat("d/sub/../a", &b));
    TELL(a.st_ino == b.st_ino);
    TELL(rmdir("d/sub"));
    TELL(unlink("d/sub"));
    TELL(rmdir("d/a"));
    TELL(unlink("d/none"));
    TELL(unlink("d/b"));
    list("d");
    list("d/sub");
    list("d/none");
    for (int i = 0; i < 500; i++) {
        char path[64];
        snprintf(path, sizeof path, "d/sub/a-rather-long-name-%d", i);
        fclose(fopen(path, "w"));
    }
    list("d/sub");
    int sub = open("d/sub", O_RDONLY | O_DIRECTORY);
    TELL(fstat(sub, &a));
    TELL(S_ISDIR(a.st_mode));
    TELL(mkdirat(sub, "deeper", 0755));
    TELL(renameat(sub, "lines", sub, "deeper/lines"));
    TELL(fstatat(sub, "deeper/lines", &b, 0));
    TELL(unlinkat(sub, "deeper/lines", 0));
    TELL(unlinkat(sub, "deeper", AT_REMOVEDIR));
    TELL(read(sub, text, 1));
    TELL(close(sub));
}

static void times(void)
{
    struct timespec to[2] = {{1000000000, 5000}, {1100000000, 7000}};
    struct stat at;
    TELL(utimensat(AT_FDCWD, "d/a", to, 0));
    TELL(stat("d/a", &at));
    TELL(at.st_atim.tv_sec);
    TELL(at.st_mtim.tv_sec);
    TELL(at.st_mtim.tv_nsec);
    int fd = open("d/a", O_RDWR);
    to[0].tv_nsec = UTIME_OMIT;
    to[1].tv_sec = 1200000000;
    TELL(futimens(fd, to));
    TELL(fstat(fd, &at));
    TELL(at.st_atim.tv_sec);
    TELL(at.st_mtim.tv_sec);
    TELL(close(fd));
}

static void copies(void)
{
    char name[] = "d/tXXXXXX", buffer[8] = {0};
    int fd = mkstemp(name);
    TELL(write(fd, "abcdef", 6));
    TELL(lseek(fd, 1, SEEK_SET));
    int other = dup(fd);
    TELL(read(other, buffer, 2));
    TELL(dup2(fd, 40) == 40);
    TELL(close(fd));
    TELL(close(other));
    TELL(read(40, buffer, 8));
    puts(buffer);
    TELL(dup2(fd, 41));
    TELL(close(40));
    TELL(unlink(name));
    FILE *file = tmpfile();
    TELL(fputs("kept", file) >= 0);
    rewind(file);
    TELL(fgetc(file));
    TELL(fclose(file));
    TELL(system(NULL) >= 0);
}

int main(void)
{
    copies();
    bytes();
    stdio();
    names();
    times();
    return 0;
}
