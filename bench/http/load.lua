-- wrk's part: posts a text of so many bytes, or asks by GET if there are none; prints what came as one line of JSON.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

function init(args)
   local size = tonumber(args[1])
   if size > 0 then
      local line = "stream future task await yield poll wake ready cancel drop read write "
      wrk.method = "POST"
      wrk.body = string.rep(line, math.ceil(size / #line)):sub(1, size)
   end
end

function done(summary, latency, requests)
   local errors = summary.errors
   print(string.format(
      '{"seconds": %f, "requests": %d, "bytes": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d}',
      summary.duration / 1e6, summary.requests, summary.bytes, errors.connect, errors.read, errors.write, errors.timeout,
      errors.status))
end
