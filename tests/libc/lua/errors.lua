-- Errors, from Lua and from C, through C and coroutines, and what is closed on the way.
local function note(name) return setmetatable({}, {__close = function(_, e) print("close", name, e) end}) end
print(pcall(error, {code = 1}) , select(2, pcall(error, "plain", 0)), select(2, pcall(error)))
print(pcall(function()
  local a <close> = note("a")
  local b <close> = note("b")
  error("thrown")
end))
print(xpcall(function() local x = nil; return x.y end, function(m) return (debug.traceback(m, 1):gsub("%[C%].*", "")) end))
print(pcall(table.sort, {3, 1, 2}, function(a, b) error("in a comparator") end))
print(pcall(string.rep, "x", -1), pcall(string.rep, "x", 1 << 40))
print(pcall(string.gsub, "abc", "%w", function() error({}) end) == false, select(2, pcall(setmetatable, 1, {})))
local function deep(n) if n == 0 then error("deep", 0) end return (deep(n - 1)) end
print(pcall(deep, 150))
print(select(2, pcall(function() local function f() return f() + 1 end f() end)):match("stack overflow"))
for i = 1, 10000 do pcall(error, i) end
print(select(2, load("x = = 1", "=chunk")), select(2, load("x = 'open")))
print(pcall(coroutine.wrap(function() error("in a coroutine") end)))
print(tostring(setmetatable({}, {__tostring = function() return "named" end})), (pcall(tostring, setmetatable({}, {__tostring = error}))))
warn("@on")
warn("a warning")
