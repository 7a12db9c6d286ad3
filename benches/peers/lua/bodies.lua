local function body(x, y, vx, vy, mass) return {x = x, y = y, vx = vx, vy = vy, mass = mass} end
local bodies = {body(0, 0, 0, 0, 40), body(5, 0, 0, 2.5, 1), body(0, 9, -2, 0, 2), body(-14, 0, 0, -1.5, 1)}
for step = 1, 100000 do
  for i = 1, #bodies do
    local a = bodies[i]
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy = a.x - b.x, a.y - b.y
      local pull = 0.001 / (dx * dx + dy * dy + 0.01)
      a.vx = a.vx - dx * b.mass * pull
      a.vy = a.vy - dy * b.mass * pull
      b.vx = b.vx + dx * a.mass * pull
      b.vy = b.vy + dy * a.mass * pull
    end
  end
  for _, a in ipairs(bodies) do
    a.x = a.x + 0.001 * a.vx
    a.y = a.y + 0.001 * a.vy
  end
end
print(string.format("%d", math.floor(bodies[1].x * 1000000)))
