local function weight(i, j) return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1) end
local function times(v, turned)
  local n, result = #v, {}
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do
      sum = sum + (turned and weight(j, i) or weight(i, j)) * v[j + 1]
    end
    result[i + 1] = sum
  end
  return result
end
local n = 200
local u = {}
for i = 1, n do u[i] = 1.0 end
local v = u
for _ = 1, 5 do
  v = times(times(u, false), true)
  u = times(times(v, false), true)
end
local above, below = 0.0, 0.0
for i = 1, n do
  above = above + u[i] * v[i]
  below = below + v[i] * v[i]
end
print(math.floor(above / below * 1000000))
