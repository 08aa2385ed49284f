# What the component of the workloads is made of; tests/fuzz builds one more.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

set(workloads run observe calls streams futures scopes cancels locks channels echoes crowds shared flows locals foreign
  blocking busy promises selects together fibers small)
list(TRANSFORM workloads REPLACE ".+" "${CMAKE_CURRENT_LIST_DIR}/\\0.c")
set(workloads_options BINDGEN_OPTIONS --sync export:block FIBERS asyncify)
