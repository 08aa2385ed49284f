-- What runs at the same time: all, race, scope, spawn, timeout, channels; and the script's own coroutines.
local function took(from, least, most)
  local t = weft.now() - from
  assert(t >= least and t < most, t)
end

local t = weft.now()
local a, b, c = weft.all(function() weft.sleep(0.05) return "a", "dropped" end, function() end, function() weft.sleep(0.02) return "c" end)
assert(a == "a" and b == nil and c == "c")
took(t, 0.05, 5)
assert(select("#", weft.all()) == 0)

local ok, message = pcall(weft.all, function() weft.sleep(100) end, function() weft.sleep(0.01) error("boom", 0) end)
assert(not ok and message == "boom", message)
local thrown = {}
ok, message = pcall(weft.all, function() error(thrown) end)
assert(not ok and message == thrown)

local first, second = weft.race(function() weft.sleep(100) end, function() weft.sleep(0.01) return 1, 2 end)
assert(first == 1 and second == 2)
assert(not pcall(weft.race, function() error("first") end, function() weft.sleep(100) end))
took(t, 0, 50)

local order = {}
local result = weft.scope(function(x)
  for i = 3, 1, -1 do weft.spawn(function(n) weft.sleep(n / 50) order[#order + 1] = n end, i) end
  return x
end, "x")
assert(result == "x" and table.concat(order) == "123")
ok, message = pcall(weft.scope, function() weft.spawn(error, "of a child", 0) weft.spawn(weft.sleep, 100) end)
assert(not ok and message == "of a child", message)

assert(weft.timeout(50, function(...) weft.sleep(0) return ... end, "in time") == "in time")
local closed = false
ok, message = pcall(weft.timeout, 0.02, function()
  local it <close> = setmetatable({}, {__close = function(_, e) weft.sleep(0.01) closed = e end})
  weft.sleep(100)
end)
assert(not ok and message == "timed out" and closed == "timed out", message)
ok, message = pcall(weft.timeout, 0.02, function() while true do pcall(function() while true do end end) end end)
assert(not ok and message == "timed out", message)
local others = 0
weft.all(function() pcall(weft.timeout, 0.1, function() while true do end end) end,
         function() for i = 1, 5 do weft.sleep(0.005) others = others + 1 end end)
assert(others == 5)

local channel = weft.channel(2)
local sum = 0
weft.all(function() for i = 1, 100 do assert(channel:send(i)) end channel:close() end,
         function() for i in channel.receive, channel do sum = sum + i end end,
         function() for i in channel.receive, channel do sum = sum + i end end)
assert(sum == 5050 and channel:send(1) == false and channel:receive() == nil)

-- Coroutines of its own: yields of theirs and waits of ours do not meet.
local numbers = coroutine.wrap(function() for i = 1, 3 do weft.sleep(0.001) coroutine.yield(i) weft.yield() end error("over", 0) end)
assert(numbers() == 1 and numbers() == 2 and numbers() == 3)
ok, message = pcall(numbers)
assert(not ok and message:find("over"))
local co = coroutine.create(function(...)
  local inner = coroutine.wrap(function(x) weft.sleep(0.001) coroutine.yield(x + 1) weft.sleep(0.001) return x + 2 end)
  local got = coroutine.yield(inner(...))
  return got, inner(), pcall(function() weft.sleep(0) error("in it", 0) end)
end)
local function resume(...) return table.concat({tostring((select(1, ...))), tostring((select(2, ...))), tostring((select(3, ...)))}, " ") end
assert(resume(coroutine.resume(co, 1)) == "true 2 nil")
assert(resume(coroutine.resume(co, "got")) == "true got 3")
assert(coroutine.status(co) == "dead" and resume(coroutine.resume(co)) == "false cannot resume dead coroutine nil")
assert(not coroutine.resume(coroutine.running()))
local mine = coroutine.running()
weft.all(function() assert(not coroutine.resume(mine)) assert(not pcall(coroutine.close, mine)) end)
for i in coroutine.wrap(function() for i = 1, 3 do weft.sleep(0) coroutine.yield(i) end end) do sum = sum + i end
assert(sum == 5056)
local meta = setmetatable({}, {__add = function(x, y) weft.sleep(0.001) return y end, __index = function(_, k) weft.sleep(0.001) return k end})
assert(meta + 3 == 3 and meta.key == "key")
local many = 0
weft.scope(function() for i = 1, 200 do weft.spawn(function() weft.sleep(0.01) many = many + 1 end) end end)
assert(many == 200)
for _, bad in ipairs {{weft.sleep, -1}, {weft.sleep, "x"}, {weft.all, 1}, {weft.race}, {weft.spawn}, {weft.timeout, 1}, {weft.channel, 0}} do
  assert(not pcall(table.unpack(bad)))
end
print("ok")
