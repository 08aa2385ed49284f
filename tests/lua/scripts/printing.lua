-- Cancelled from outside after a time, on fibers (...) in a wait of libc's, if its writes wait: the next of weft's tells it.
local fibers = ... == "fibers"
local ok, message = pcall(function()
  for _ = 1, 10000 do
    if not (io.write("x") and io.flush()) then break end
    if not fibers then weft.yield() end
  end
  weft.sleep(10)
end)
assert(not ok and message:find("cancelled"), message)
weft.sleep(0.001) -- once: so this waits
error("all closed", 0)
