local function make(depth)
  if depth == 0 then return {value = 1} end
  return {left = make(depth - 1), right = make(depth - 1), value = depth}
end
local function sum(node)
  local total = node.value
  if node.left then total = total + sum(node.left) end
  if node.right then total = total + sum(node.right) end
  return total
end
local all = 0
for _ = 1, 10 do all = all + sum(make(14)) end
print(all)
