local x, items = 42, {}
for i = 1, 150000 do
  x = (x * 16807) % 2147483647
  items[i] = x
end
local function sort(low, high)
  if low >= high then return end
  local pivot, i, j = items[(low + high) // 2], low, high
  while i <= j do
    while items[i] < pivot do i = i + 1 end
    while items[j] > pivot do j = j - 1 end
    if i <= j then
      items[i], items[j] = items[j], items[i]
      i, j = i + 1, j - 1
    end
  end
  sort(low, j)
  sort(i, high)
end
sort(1, #items)
print(string.format("%d %d", items[1], items[75000]))
