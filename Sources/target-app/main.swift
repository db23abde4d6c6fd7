print("target-app")
