local function is_safe(rows, row)
  local n = #rows
  for i = 1, n do
    local distance = rows[i] - row
    if distance == 0 or distance == n - i + 1 or distance == i - 1 - n then return false end
  end
  return true
end
local function place(rows, n)
  if #rows == n then return 1 end
  local count = 0
  for row = 0, n - 1 do
    if is_safe(rows, row) then
      local more = table.move(rows, 1, #rows, 1, {})
      more[#more + 1] = row
      count = count + place(more, n)
    end
  end
  return count
end
print(place({}, 9))
