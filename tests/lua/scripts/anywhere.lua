-- Waits below functions of C: anywhere on fibers (...), else the message names the function.
local fibers = ... == "fibers"
local function expect(name, f, ...)
  local ok, message = pcall(f, ...)
  if fibers then
    assert(ok, message)
  else
    assert(not ok and message:find("no wait is possible inside of '" .. name .. "'", 1, true), message)
  end
end
local function nap() weft.sleep(0.001) end
local list = {3, 1, 2}
expect("table.sort", table.sort, list, function(a, b) nap() return a < b end)
expect("table.sort", table.sort, {2, 1}, function(a, b) pcall(error) assert(pcall(nap)) return a < b end)
expect("string.gsub", string.gsub, "abc", "%w", function(c) nap() return c end)
expect("_G.tostring", tostring, setmetatable({}, {__tostring = function() nap() return "named" end}))
expect("_G.load", function() assert(load(function() nap() end)) end)
expect("table.sort", table.sort, {2, 1}, function(a, b)
  local co = coroutine.wrap(function() nap() return a < b end)
  return co()
end)
if fibers then
  assert(table.concat(list) == "123")
  weft.all(function() table.sort({5, 3, 4, 1}, function(a, b) nap() return a < b end) end,
           function() local s = ("x"):rep(20):gsub("x", function() weft.yield() return "y" end) assert(s == ("y"):rep(20)) end)
end
-- As deep as Lua allows, which is an error and no overflow.
local function deeper(n) return (("x"):gsub("x", function() return deeper(n + 1) end)) end
local ok, message = pcall(deeper, 1)
assert(not ok and message:find("C stack overflow"), message)
print("ok")
