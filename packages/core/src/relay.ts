/** Everything a relay may use. It has no road to a session key: nothing here imports `node/person`. */
