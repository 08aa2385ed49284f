# What weft_add_component mends of wit-bindgen's code. Both sides are on Weft.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest


@pytest.mark.parametrize("test", ["destructor", "parameters", "bindings_first", "other_second"])
def test_bindings(passes, test):
    passes("bindings", test)
