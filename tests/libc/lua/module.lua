module = {name = "module"} return module
