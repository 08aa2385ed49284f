-- Cancelled from outside after a time: in whichever wait, it ends, and closes what is to be closed.
local opened, closed = 0, 0
local function held() opened = opened + 1 return setmetatable({}, {__close = function() closed = closed + 1 weft.sleep(0.001) end}) end
local function work()
  local it <close> = held()
  weft.sleep(0.002)
  weft.all(function() local it <close> = held() weft.sleep(0.003) end, function() local it <close> = held() weft.yield() weft.sleep(0.01) end)
  local _, message = pcall(weft.timeout, 0.004, function() local it <close> = held() weft.sleep(1) end)
  if message ~= "timed out" then error(message, 0) end -- else the cancel would be forgotten
  coroutine.wrap(function() local it <close> = held() weft.sleep(0.003) end)()
  local channel = weft.channel()
  weft.race(function() channel:receive() end, function() weft.sleep(0.003) end)
  weft.scope(function() weft.spawn(function() local it <close> = held() weft.sleep(0.003) end) end)
  local listener <close> = weft.net.listen("127.0.0.1", 0)
  weft.race(function() local a <close> = listener:accept() a:read_line() a:write(("x"):rep(1 << 20)) a:finish() end, function()
    local b <close> = weft.net.connect(listener:address())
    b:write("half") weft.sleep(0.001) b:write(" a line\n") b:read() weft.sleep(0.003)
  end)
end
local ok, message = pcall(function() while true do work() end end)
assert(not ok and message:find("cancelled"), message)
weft.sleep(0.001) -- once: so this waits
assert(opened == closed, opened .. " opened, " .. closed .. " closed")
error("all closed", 0)
