// A reader of sums: it calls itself for each bracket, and a value that is too large is wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sum.h"

enum { DEEPEST = 50 }; // brackets in brackets

static int sum(sum_source *it);

static void step(sum_source *it)
{
    it->c = it->next(it->data);
}

static int add(sum_source *it, int a, int b)
{
    int sum = 0;
    it->wrong |= __builtin_add_overflow(a, b, &sum);
    return sum;
}

static int multiply(sum_source *it, int a, int b)
{
    int product = 0;
    it->wrong |= __builtin_mul_overflow(a, b, &product);
    return product;
}

static int number(sum_source *it)
{
    int value = 0;
    if (it->c < '0' || it->c > '9')
        it->wrong = true;
    for (; it->c >= '0' && it->c <= '9'; step(it))
        value = add(it, multiply(it, 10, value), it->c - '0');
    return value;
}

static int factor(sum_source *it)
{
    if (it->c != '(')
        return number(it);
    if (++it->depth > DEEPEST) {
        it->wrong = true;
        return 0;
    }
    step(it);
    int value = sum(it);
    it->depth--;
    if (it->c == ')')
        step(it);
    else
        it->wrong = true;
    return value;
}

static int product(sum_source *it)
{
    int value = factor(it);
    while (!it->wrong && it->c == '*') {
        step(it);
        value = multiply(it, value, factor(it));
    }
    return value;
}

static int sum(sum_source *it)
{
    int value = product(it);
    while (!it->wrong && it->c == '+') {
        step(it);
        value = add(it, value, product(it));
    }
    return value;
}

bool sum_line(sum_source *it, int *value)
{
    step(it);
    if (it->c < 0)
        return false;
    it->depth = 0;
    it->wrong = false;
    *value = sum(it);
    it->wrong |= it->c != '\n';
    while (it->c >= 0 && it->c != '\n')
        step(it);
    return true;
}
