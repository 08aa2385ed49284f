// What SQLite needs of its surroundings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SURROUNDINGS_H
#define SURROUNDINGS_H

// Before the first use of SQLite; again is fine. Its VFS is "unix".
void surroundings_set_up(void);

#endif
