DROP MODEL IF EXISTS bank.subscription_endpoint
