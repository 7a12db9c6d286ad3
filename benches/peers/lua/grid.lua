local n = 64
local grid = {}
for y = 0, n - 1 do
  grid[y] = {}
  for x = 0, n - 1 do grid[y][x] = (x * 7 + y * 13 + x * y * y) % 5 < 2 end
end
for _ = 1, 30 do
  local next = {}
  for y = 0, n - 1 do
    next[y] = {}
    for x = 0, n - 1 do
      local alive = 0
      for _, dy in ipairs{-1, 0, 1} do
        for _, dx in ipairs{-1, 0, 1} do
          if (dx ~= 0 or dy ~= 0) and grid[(y + dy + n) % n][(x + dx + n) % n] then alive = alive + 1 end
        end
      end
      next[y][x] = alive == 3 or (alive == 2 and grid[y][x])
    end
  end
  grid = next
end
local count = 0
for y = 0, n - 1 do
  for x = 0, n - 1 do if grid[y][x] then count = count + 1 end end
end
print(count)
