export const porta = 65432;
export const endereco = "127.0.0.1";
