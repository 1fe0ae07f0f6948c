def columns_of(parameters):
    return parameters["columns"]
