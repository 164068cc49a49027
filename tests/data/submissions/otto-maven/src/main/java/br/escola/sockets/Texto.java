package br.escola.sockets;

final class Texto {
    private Texto() {}

    static byte[] maiusculas(byte[] dados, int quantos) {
        byte[] saida = new byte[quantos];
        for (int i = 0; i < quantos; i++) {
            byte b = dados[i];
            saida[i] = b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
        }
        return saida;
    }
}
