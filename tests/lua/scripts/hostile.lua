-- What a script may do wrong, or get into by chance: each is an error of its own, and no harm to others.
local fibers = ... == "fibers"
local ok, message

-- Many arguments, also more than a stack holds.
local function count(...) return select("#", ...) end
assert(weft.scope(count, table.unpack({}, 1, 5000)) == 5000)
weft.scope(function() weft.spawn(function(...) assert(count(...) == 300) end, table.unpack({}, 1, 300)) end)
local many = {}
for i = 1, 300 do many[i] = function() return i end end
assert(count(weft.all(table.unpack(many))) == 300)
ok, message = pcall(weft.scope, count, table.unpack({}, 1, 999900))
assert(not ok and message:find("too many"), message)
collectgarbage() -- that stack is all but the limit, and a collection for want of memory does not shrink it

-- A limit of time holds in coroutines, whoever made them, and when they are made for ever.
local function forever() while true do end end
local older = coroutine.wrap(forever)
for _, f in ipairs {older, function() coroutine.wrap(forever)() end, function() while true do pcall(coroutine.wrap(forever)) end end} do
  ok, message = pcall(weft.timeout, 0.02, f)
  assert(not ok and message:find("timed out"), message)
end

-- A coroutine that waits is its run's: another can neither resume nor close it.
local co = coroutine.create(function() weft.scope(weft.sleep, 0.02) return "slept" end)
weft.all(function() assert(select(2, coroutine.resume(co)) == "slept") end,
         function() weft.sleep(0.005) assert(not coroutine.resume(co)) assert(not pcall(coroutine.close, co)) end)

-- A yield of a run's own closes what is to be closed.
local closed = false
ok, message = pcall(weft.scope, function()
  local it <close> = setmetatable({}, {__close = function() closed = true end})
  coroutine.yield()
end)
assert(not ok and message:find("outside a coroutine") and closed, message)

-- One receiver that is always late.
local channel, got = weft.channel(1), 0
local function take() for _ in channel.receive, channel do got = got + 1 end end
weft.all(take, take, take, function() for i = 1, 20000 do channel:send(i) end channel:close() end)
assert(got == 20000)

-- Who sends or receives is cancelled all the time: each value comes once.
local channel, sent, seen, over = weft.channel(2), 0, {}, false
local function note(value) if value then seen[value] = (seen[value] or 0) + 1 else over = true end end
local function receive() note(channel:receive()) end
weft.all(function()
  for i = 1, 300 do
    repeat pcall(weft.timeout, i % 3 / 10000, function() assert(channel:send(i)) sent = i end) until sent == i
  end
  channel:close()
end, function() repeat pcall(weft.timeout, #seen % 2 / 10000, receive) until over end,
function() repeat weft.race(receive, weft.yield) until over end,
function() for value in channel.receive, channel do note(value) weft.yield() end end)
for i = 1, 300 do assert(seen[i] == 1, i) end
assert(#seen == 300)

-- A value wakes the first of those who wait, and a close the others.
channel = weft.channel(4)
local came, nothing, left = {}, 0, false
local function one() local value = channel:receive() if value then came[#came + 1] = value else nothing = nothing + 1 end end
weft.all(function() weft.race(one, weft.yield) left = true end, one, one, one, one, one, function()
  repeat weft.yield() until left -- the first one's place
  for i = 1, 4 do assert(channel:send(i)) end
  assert(#came == 0) -- none had a turn
  channel:close()
end)
assert(table.concat(came) == "1234" and nothing == 1 and channel:send(1) == false)

-- io in one of two, which on a fiber lets the other run: then the first waits, and spawns.
local function writes()
  for i = 1, 20 do
    io.stdout:write("") io.stdout:flush()
    local file <close> = assert(io.open("mine", "w"))
    file:write(("x"):rep(5000)) file:flush()
    weft.sleep(0)
    weft.scope(function() weft.spawn(weft.yield) end)
  end
end
weft.all(writes, writes, writes)
os.remove("mine")

-- Children without end take memory, and no more.
local function deeper() return weft.scope(function() return deeper() end) end
if not fibers then -- there each has a stack
  ok, message = pcall(deeper)
  assert(not ok and message == "not enough memory", message)
  collectgarbage() -- what one for want of memory leaves to finalizers
end

-- An error in what is closed takes the other's place; one in a finalizer is dropped.
ok, message = pcall(weft.timeout, 0.005, function()
  local it <close> = setmetatable({}, {__close = function() error("in close", 0) end})
  weft.sleep(1)
end)
assert(not ok and (message == "in close" or message == "timed out"), message)
setmetatable({}, {__gc = function() error("in gc") end})
setmetatable({}, {__gc = function() pcall(weft.spawn, function() end) end})
collectgarbage()

-- Numbers that are none.
for _, bad in ipairs {0 / 0, -1, 1e300, "1"} do
  assert(not pcall(weft.http.fetch, "http://127.0.0.1:1/", {timeout = bad}))
end

-- Globals that look strict do not change what is said of a wait.
setmetatable(_G, {__index = function(_, name) error("no global " .. name) end})
local was = dofile
dofile = nil
ok, message = pcall(table.sort, {2, 1}, function(a, b) weft.yield() return a < b end)
dofile = was
assert(fibers or message:find("inside of 'table.sort'", 1, true), message)

-- When the state closes, no run is there.
last = setmetatable({}, {__gc = function()
  for _, f in ipairs {weft.sleep, weft.spawn, weft.scope, weft.timeout} do
    local ok, message = pcall(f, f == weft.sleep and 0 or f == weft.timeout and 1 or print, print)
    if ok or not message:find("not in a run") then io.stderr:write("closing: ", tostring(message), "\n") end
  end
  assert(coroutine.wrap(function() return coroutine.yield(1) end)() == 1)
end})
print("ok")
