-- More memory than there is: an error that can be caught, again and again, in children, too.
for i = 1, 3 do
  local ok, message = pcall(function() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end)
  assert(not ok and message == "not enough memory", message)
  ok, message = pcall(string.rep, "x", 1 << 30)
  assert(not ok and message == "not enough memory", message)
  ok, message = pcall(weft.all, function() weft.yield() return ("x"):rep(1 << 26) end, function() weft.sleep(100) end)
  assert(not ok and message == "not enough memory", message)
end
print("ok")
local held = {}
while true do held[#held + 1] = ("x"):rep(1000) .. #held end
