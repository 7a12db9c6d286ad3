local n = 120
local function make(seed)
  local rows = {}
  for i = 1, n do
    rows[i] = {}
    for j = 1, n do rows[i][j] = (i * seed + j) % 10 end
  end
  return rows
end
local a, b, trace = make(3), make(7), 0
for turn = 1, 3 do
  for i = 1, n do
    local row = a[i]
    for j = 1, n do
      local sum = 0
      for k = 1, n do sum = sum + row[k] * b[k][j] end
      if i == j then trace = trace + sum end
    end
  end
end
print(trace)
