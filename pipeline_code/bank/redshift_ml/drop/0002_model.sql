DROP MODEL IF EXISTS bank.subscription
