def main():
    x = 42
    records = []
    for i in range(200000):
        x = (x * 16807) % 2147483647
        records.append({"id": i, "group": "g" + str(x % 97), "value": x % 1000})
    large = [r for r in records if r["value"] >= 300]
    large.sort(key=lambda r: r["value"] * 1000000 + r["id"])
    groups = {}
    for r in large:
        group = groups.get(r["group"])
        if group is None:
            group = []
            groups[r["group"]] = group
        group.append(r)
    check = 0
    for group in groups.values():
        check += len(group) * group[0]["id"] + group[-1]["value"]
    print(len(large), len(groups), check)


main()
