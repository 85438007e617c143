namespace meshdns {}
