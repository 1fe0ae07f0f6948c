from sklearn.ensemble import RandomForestRegressor


def forest_of(arguments):
    return RandomForestRegressor(arguments.trees, max_samples=arguments.share, random_state=1)
