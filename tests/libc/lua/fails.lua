local function deepest(n) if n == 0 then local t; return t.field end return (deepest(n - 1)) end
local function outer() deepest(3) end
outer()
