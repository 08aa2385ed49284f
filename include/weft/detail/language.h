// What C and C++ spell differently.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_LANGUAGE_H
#define WEFT_DETAIL_LANGUAGE_H

#ifdef __cplusplus
#define WEFT__STATIC_ASSERT static_assert
#define WEFT__ALIGNOF alignof
#define WEFT__EXTERN_C extern "C"
#define WEFT__IS(it, ...) __is_same(decltype(it), __VA_ARGS__)
#define WEFT__IS_PLAIN(type) __is_trivially_copyable(type)
#define WEFT__LITERAL(type) type // a value of it, with braces behind
#else
#define WEFT__STATIC_ASSERT _Static_assert
#define WEFT__ALIGNOF _Alignof
#define WEFT__EXTERN_C extern
#define WEFT__IS(it, ...) _Generic(it, __VA_ARGS__: 1, default: 0) // whether that is its type
#define WEFT__IS_PLAIN(type) 1
#define WEFT__LITERAL(type) (type)
#endif

// Stands last in a macro that defines functions, and takes the semicolon behind the macro. ISO C knows no lone
// one outside of a function.
#define WEFT__SEMICOLON WEFT__STATIC_ASSERT(1, "")

// The private fields of a public struct, which its own detail header defines.
#define WEFT__PRIVATE(of) WEFT__PRIVATE_##of

#endif
