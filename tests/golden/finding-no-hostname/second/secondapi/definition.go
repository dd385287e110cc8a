package secondapi // want finding no-hostname
