# Hallway 应用的简体中文文本。简洁，不用感叹号。

app-name = Hallway
