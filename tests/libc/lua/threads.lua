-- Coroutines, also through pcall, metamethods and iterators.
local function numbers(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local sum = 0
for i in numbers(1000) do sum = sum + i end
print(sum)
local co = coroutine.create(function(a)
  print("started", a, coroutine.isyieldable(), coroutine.running())
  local ok, message = pcall(function() local b = coroutine.yield(a + 1); error("with " .. b, 0) end)
  print(ok, message)
  local t = setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end})
  return t.key
end)
print = function(...) for i = 1, select("#", ...) do io.write(type(select(i, ...)) == "thread" and "thread" or tostring((select(i, ...))), "\t") end io.write("\n") end
print(coroutine.resume(co, 1))
print(coroutine.resume(co, 2))
print(coroutine.resume(co, "value"))
print(coroutine.resume(co), coroutine.status(co))
print(pcall(table.sort, {2, 1}, function() coroutine.yield() end))
local closed = coroutine.create(function()
  local it <close> = setmetatable({}, {__close = function() print("closed") end})
  coroutine.yield()
end)
coroutine.resume(closed)
print(coroutine.close(closed), coroutine.status(closed), pcall(coroutine.close, coroutine.running()))
local many = {}
for i = 1, 1000 do many[i] = coroutine.create(function() coroutine.yield(i) return -i end) end
sum = 0
for turn = 1, 2 do for i = 1, 1000 do sum = sum + select(2, coroutine.resume(many[i])) end end
print(sum)
