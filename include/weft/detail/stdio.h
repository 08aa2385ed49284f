// The functions of stdio.h and wchar.h that work on a FILE, for libc/stdio.c, which gives each a turn, and for
// missing.h, which tells the compiler of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_STDIO_H
#define WEFT_DETAIL_STDIO_H

// IT(result, name, parameters, arguments, which FILE, the result of a failure)
#define WEFT__STDIO(IT)                                                                                        \
    IT(int, fgetc, (FILE * file), (file), file, EOF)                                                           \
    IT(int, getc, (FILE * file), (file), file, EOF)                                                            \
    IT(int, getw, (FILE * file), (file), file, EOF)                                                            \
    IT(int, ungetc, (int c, FILE *file), (c, file), file, EOF)                                                 \
    IT(char *, fgets, (char *to, int size, FILE *file), (to, size, file), file, NULL)                          \
    IT(size_t, fread, (void *to, size_t size, size_t count, FILE *file), (to, size, count, file), file, 0)     \
    IT(ssize_t, getline, (char **to, size_t *size, FILE *file), (to, size, file), file, -1)                    \
    IT(ssize_t, getdelim, (char **to, size_t *size, int end, FILE *file), (to, size, end, file), file, -1)     \
    IT(int, vfscanf, (FILE * file, const char *format, va_list list), (file, format, list), file, EOF)         \
    IT(wint_t, fgetwc, (FILE * file), (file), file, WEOF)                                                      \
    IT(wint_t, getwc, (FILE * file), (file), file, WEOF)                                                       \
    IT(wint_t, ungetwc, (wint_t c, FILE * file), (c, file), file, WEOF)                                        \
    IT(wchar_t *, fgetws, (wchar_t * to, int size, FILE *file), (to, size, file), file, NULL)                  \
    IT(int, vfwscanf, (FILE * file, const wchar_t *format, va_list list), (file, format, list), file, EOF)     \
    IT(int, fputc, (int c, FILE *file), (c, file), file, EOF)                                                  \
    IT(int, putc, (int c, FILE *file), (c, file), file, EOF)                                                   \
    IT(int, putw, (int word, FILE *file), (word, file), file, EOF)                                             \
    IT(int, fputs, (const char *text, FILE *file), (text, file), file, EOF)                                    \
    IT(size_t, fwrite, (const void *from, size_t size, size_t count, FILE *file), (from, size, count, file),   \
       file, 0)                                                                                                \
    IT(int, vfprintf, (FILE * file, const char *format, va_list list), (file, format, list), file, -1)         \
    IT(wint_t, fputwc, (wchar_t c, FILE * file), (c, file), file, WEOF)                                        \
    IT(wint_t, putwc, (wchar_t c, FILE * file), (c, file), file, WEOF)                                         \
    IT(int, fputws, (const wchar_t *text, FILE *file), (text, file), file, -1)                                 \
    IT(int, vfwprintf, (FILE * file, const wchar_t *format, va_list list), (file, format, list), file, -1)     \
    IT(int, fseek, (FILE * file, long by, int from), (file, by, from), file, -1)                               \
    IT(int, fseeko, (FILE * file, off_t by, int from), (file, by, from), file, -1)                             \
    IT(long, ftell, (FILE * file), (file), file, -1)                                                           \
    IT(off_t, ftello, (FILE * file), (file), file, -1)                                                         \
    IT(int, fgetpos, (FILE * file, fpos_t * at), (file, at), file, -1)                                         \
    IT(int, fsetpos, (FILE * file, const fpos_t *at), (file, at), file, -1)

// Of wasi-libc alone.
#define WEFT__STDIO_WASI(IT) IT(char *, fgetln, (FILE * file, size_t *size), (file, size), file, NULL)

// They call another: IT(result, name, parameters, that, its arguments).
#define WEFT__STDIO_STANDARD(IT)                                                                               \
    IT(int, getchar, (void), getc, (stdin))                                                                    \
    IT(wint_t, getwchar, (void), getwc, (stdin))                                                               \
    IT(int, putchar, (int c), putc, (c, stdout))                                                               \
    IT(wint_t, putwchar, (wchar_t c), putwc, (c, stdout))                                                      \
    IT(int, vscanf, (const char *format, va_list list), vfscanf, (stdin, format, list))                        \
    IT(int, vwscanf, (const wchar_t *format, va_list list), vfwscanf, (stdin, format, list))                   \
    IT(int, vprintf, (const char *format, va_list list), vfprintf, (stdout, format, list))                     \
    IT(int, vwprintf, (const wchar_t *format, va_list list), vfwprintf, (stdout, format, list))

// They call their v-form: IT(name, parameters, arguments of that).
#define WEFT__STDIO_VARIADIC(IT)                                                                               \
    IT(scanf, (const char *format, ...), (format, list))                                                       \
    IT(fscanf, (FILE * file, const char *format, ...), (file, format, list))                                   \
    IT(printf, (const char *format, ...), (format, list))                                                      \
    IT(fprintf, (FILE * file, const char *format, ...), (file, format, list))                                  \
    IT(wscanf, (const wchar_t *format, ...), (format, list))                                                   \
    IT(fwscanf, (FILE * file, const wchar_t *format, ...), (file, format, list))                               \
    IT(wprintf, (const wchar_t *format, ...), (format, list))                                                  \
    IT(fwprintf, (FILE * file, const wchar_t *format, ...), (file, format, list))

// Those that are like no other.
#define WEFT__STDIO_OTHERS(IT)                                                                                 \
    IT(puts)                                                                                                   \
    IT(rewind)                                                                                                 \
    IT(perror)                                                                                                 \
    IT(fflush) IT(fopen) IT(fdopen) IT(freopen) IT(fclose) IT(flockfile) IT(ftrylockfile) IT(funlockfile)

#endif
