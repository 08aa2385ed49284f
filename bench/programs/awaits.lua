-- Waits n times; prints n.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
local n = ...

local yield = weft.yield
for _ = 1, n do
  yield()
end
print(n)
