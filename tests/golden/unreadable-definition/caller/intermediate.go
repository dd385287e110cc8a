package caller
