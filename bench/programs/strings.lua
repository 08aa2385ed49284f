-- Builds a text of 1,000 parts, and one by one a text of 100, n times; prints how long they all were.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
local n = ...

local length = 0
for i = 1, n do
  local parts = {}
  for part = 1, 1000 do
    parts[#parts + 1] = string.format("%d-%s;", part, "x")
  end
  length = length + #table.concat(parts)
  local text = ""
  for part = 1, 100 do
    text = text .. part % 10
  end
  length = length + #text
end
print(length)
