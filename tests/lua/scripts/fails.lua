local function deepest() local t; return t.field end
local function outer() deepest() end
weft.sleep(0)
weft.scope(function() weft.sleep(0) outer() end)
